// The bricks: where they stand, what a hit does, and what they look like.
#include "bricks.h"

#include "canvas.h"
#include "field.h"
#include "game.h"
#include "levels.h"

namespace {

constexpr Vec2 brickSize = {72.0f, 24.0f};
constexpr Vec2 brickSpacing = {80.0f, 32.0f};
constexpr float wallTop = 116.0f;
constexpr int scorePerRow = 10;
constexpr int particlesPerBrick = 22;
constexpr float shakePerBrick = 3.5f;

Color brickColor(int row) {
  constexpr std::array<Color, brickRows> colors = {rgb(0xff5d7d), rgb(0xff8a5c), rgb(0xffc95c),
                                                   rgb(0x63e0a1), rgb(0x45bdf0), rgb(0x9678ff)};
  return colors[static_cast<std::size_t>(row)];
}

int rowOf(int index) { return index / brickColumns; }

int columnOf(int index) { return index % brickColumns; }

Brick &brickAt(Bricks &bricks, int index) { return bricks[static_cast<std::size_t>(index)]; }

void breakBrick(Game &game, int index) {
  const Rect bounds = brickBounds(index);
  game.score += scorePerRow * (brickRows - rowOf(index));
  game.shake = clamp(game.shake + shakePerBrick, 0, 9);
  burst(game.particles, game.random, bounds, brickColor(rowOf(index)), particlesPerBrick);
}

/// 0 before the brick appears, 1 once it has grown to its full size.
float growth(const Brick &brick, int index) {
  const float delay = 0.04f * static_cast<float>(columnOf(index) + rowOf(index));
  const float t = clamp((brick.age - delay) / 0.35f, 0, 1);
  return t * t * (3 - 2 * t);
}

void drawBrick(const Brick &brick, int index, Canvas &canvas) {
  const Rect bounds = brickBounds(index);
  const float grown = growth(brick, index);
  const Color base = mix(brickColor(rowOf(index)), rgb(0xffffff), 0.7f * brick.flash);
  canvas.draw({
      .center = bounds.center + Vec2{0, -40 * (1 - grown)},
      .size = bounds.size * grown,
      .corner = 6,
      .glow = 16,
      .glowStrength = 0.3f,
      .top = withAlpha(mix(base, rgb(0xffffff), 0.26f), grown),
      .bottom = withAlpha(mix(base, rgb(0x5a1a8a), 0.16f), grown),
  });
  if (brick.hitsLeft > 1) // A strong brick wears a bright band.
    canvas.draw({
        .center = bounds.center,
        .size = {bounds.size.x - 20, 4},
        .corner = 2,
        .top = rgb(0xffffff, 0.75f * grown),
    });
}

} // namespace

Rect brickBounds(int index) {
  const float left = (fieldWidth - brickSpacing.x * static_cast<float>(brickColumns - 1)) / 2;
  return {{left + brickSpacing.x * static_cast<float>(columnOf(index)),
           wallTop + brickSpacing.y * static_cast<float>(rowOf(index))},
          brickSize};
}

void buildBricks(Bricks &bricks, int level) {
  for (int i = 0; i < brickColumns * brickRows; ++i)
    brickAt(bricks, i) = {.hitsLeft = hitsNeeded(level, rowOf(i), columnOf(i))};
}

void updateBricks(Bricks &bricks, float dt) {
  for (Brick &brick : bricks) {
    brick.age += dt;
    brick.flash = clamp(brick.flash - 5 * dt, 0, 1);
  }
}

int countBricks(const Bricks &bricks) {
  int count = 0;
  for (const Brick &brick : bricks)
    count += brick.hitsLeft > 0;
  return count;
}

bool hitBrick(Game &game, const Rect &area) {
  for (int i = 0; i < brickColumns * brickRows; ++i) {
    Brick &brick = brickAt(game.bricks, i);
    if (brick.hitsLeft == 0 || !overlap(area, brickBounds(i)))
      continue;
    brick.flash = 1;
    if (--brick.hitsLeft == 0)
      breakBrick(game, i);
    return true;
  }
  return false;
}

void drawBricks(const Bricks &bricks, Canvas &canvas) {
  for (int i = 0; i < brickColumns * brickRows; ++i) {
    const Brick &brick = bricks[static_cast<std::size_t>(i)];
    if (brick.hitsLeft > 0)
      drawBrick(brick, i, canvas);
  }
}

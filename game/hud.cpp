// The texts over the field: score, level, lives, and what to do next.
#include "hud.h"

#include "canvas.h"
#include "field.h"
#include "game.h"
#include "text.h"

#include <cmath>
#include <cstdio>

namespace {

constexpr float hudHeight = 20.0f;
constexpr float hudY = 34.0f;
constexpr float middle = fieldWidth / 2;

Color hudColor() { return rgb(0xeef0ff); }

Color labelColor() { return rgb(0x8d95d6); }

/// A small label and a number behind it.
void drawValue(Canvas &canvas, const char *label, int value, float x) {
  char digits[16];
  std::snprintf(digits, sizeof digits, "%d", value);
  drawText(canvas, label, {x, hudY}, {.height = 13, .color = labelColor()});
  const float labelWidth = textWidth(label, 13);
  drawText(canvas, digits, {x + labelWidth + 14, hudY}, {.height = hudHeight, .color = hudColor()});
}

void drawLives(Canvas &canvas, int lives) {
  for (int i = 0; i < lives; ++i)
    canvas.draw({
        .center = {fieldWidth - 50 - 30 * static_cast<float>(i), hudY},
        .size = {20, 14},
        .corner = 5,
        .glow = 12,
        .glowStrength = 0.3f,
        .top = rgb(0xffe3a3),
        .bottom = rgb(0xffb35c),
    });
}

void drawHeadline(Canvas &canvas, const char *text, float y, float height, Color from, Color to) {
  drawText(canvas, text, {middle, y},
           {.height = height,
            .color = from,
            .endColor = to,
            .glow = height * 0.3f,
            .align = Align::Center});
}

void drawHint(Canvas &canvas, const char *text, float y, float time) {
  const float pulse = 0.5f + 0.5f * std::sin(time * 3.5f);
  drawText(canvas, text, {middle, y},
           {.height = 16, .color = mix(labelColor(), hudColor(), pulse), .align = Align::Center});
}

void drawTitle(const Game &game, Canvas &canvas) {
  drawHeadline(canvas, "BREAKOUT", 250, 84, rgb(0xff7a7a), rgb(0xa184ff));
  drawHint(canvas, "PRESS SPACE TO PLAY", 360, game.time);
  drawText(canvas, "LEFT  RIGHT  MOVE     R  RESTART     ESC  QUIT", {middle, 560},
           {.height = 11, .color = labelColor(), .align = Align::Center});
}

void drawCleared(const Game &game, Canvas &canvas) {
  char text[32];
  std::snprintf(text, sizeof text, "LEVEL %d CLEARED", game.level);
  drawHeadline(canvas, text, 300, 44, rgb(0x7df0b8), rgb(0x5cc8f5));
}

void drawGameOver(const Game &game, Canvas &canvas) {
  char text[48];
  std::snprintf(text, sizeof text, "SCORE %d   BEST %d", game.score, game.bestScore);
  drawHeadline(canvas, "GAME OVER", 360, 64, rgb(0xff7a7a), rgb(0xffc95c));
  drawText(canvas, text, {middle, 430},
           {.height = 20, .color = hudColor(), .align = Align::Center});
  drawHint(canvas, "PRESS SPACE", 480, game.time);
}

void drawMessage(const Game &game, Canvas &canvas) {
  if (game.phase == Phase::Serving && !game.selfPlaying)
    drawHint(canvas, "PRESS SPACE TO SERVE", 430, game.time);
  if (game.phase == Phase::Cleared)
    drawCleared(game, canvas);
  if (game.phase == Phase::GameOver)
    drawGameOver(game, canvas);
}

} // namespace

void drawHud(const Game &game, Canvas &canvas) {
  if (game.phase == Phase::Title)
    return drawTitle(game, canvas);
  drawValue(canvas, "SCORE", game.score, 40);
  drawValue(canvas, "LEVEL", game.level, middle - 60);
  drawLives(canvas, game.lives);
  drawMessage(game, canvas);
}

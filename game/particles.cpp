// The sparks: where they fly, and what they look like.
#include "particles.h"

#include "canvas.h"

namespace {

constexpr float sparkGravity = 520.0f;
constexpr float sparkSpeed = 230.0f;
constexpr float sparkDrag = 1.1f; // The part of its speed that a spark loses in a second.

Particle &sparkAt(Particles &particles, int index) {
  return particles.pool[static_cast<std::size_t>(index)];
}

Particle newSpark(Random &random, const Rect &area, Color color) {
  Particle spark;
  spark.position.x = randomBetween(random, area.left(), area.right());
  spark.position.y = randomBetween(random, area.top(), area.bottom());
  spark.velocity.x = randomBetween(random, -sparkSpeed, sparkSpeed);
  spark.velocity.y = randomBetween(random, -sparkSpeed, 0.4f * sparkSpeed);
  spark.color = mix(color, rgb(0xffffff), randomBetween(random, 0, 0.5f));
  spark.size = randomBetween(random, 3, 9);
  spark.angle = randomBetween(random, 0, 3);
  spark.spin = randomBetween(random, -9, 9);
  spark.lifetime = randomBetween(random, 0.45f, 1.1f);
  return spark;
}

void moveSpark(Particle &spark, float dt) {
  spark.age += dt;
  spark.velocity = spark.velocity * (1 - sparkDrag * dt);
  spark.velocity.y += sparkGravity * dt;
  spark.position = spark.position + spark.velocity * dt;
  spark.angle += spark.spin * dt;
}

float fade(const Particle &spark) { return clamp(1 - spark.age / spark.lifetime, 0, 1); }

} // namespace

void burst(Particles &particles, Random &random, const Rect &area, Color color, int count) {
  const int room = static_cast<int>(particles.pool.size()) - particles.count;
  for (int i = 0; i < count && i < room; ++i)
    sparkAt(particles, particles.count++) = newSpark(random, area, color);
}

void updateParticles(Particles &particles, float dt) {
  for (int i = 0; i < particles.count;) {
    Particle &spark = sparkAt(particles, i);
    moveSpark(spark, dt);
    if (spark.age < spark.lifetime)
      ++i;
    else // The last one takes the place of the one that has burnt out.
      spark = sparkAt(particles, --particles.count);
  }
}

void drawParticles(const Particles &particles, Canvas &canvas) {
  for (int i = 0; i < particles.count; ++i) {
    const Particle &spark = particles.pool[static_cast<std::size_t>(i)];
    const float strength = fade(spark);
    canvas.draw({
        .center = spark.position,
        .size = Vec2{spark.size, spark.size} * (0.4f + 0.6f * strength),
        .corner = 2,
        .angle = spark.angle,
        .glow = 10,
        .glowStrength = 0.35f,
        .top = withAlpha(spark.color, strength),
    });
  }
}

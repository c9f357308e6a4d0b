// The plain values that every file uses: points, rectangles and colours.
#pragma once

struct Vec2 {
  float x = 0;
  float y = 0;
};

constexpr Vec2 operator+(Vec2 a, Vec2 b) { return {a.x + b.x, a.y + b.y}; }
constexpr Vec2 operator-(Vec2 a, Vec2 b) { return {a.x - b.x, a.y - b.y}; }
constexpr Vec2 operator*(Vec2 a, float s) { return {a.x * s, a.y * s}; }

/// A rectangle around its centre.
struct Rect {
  Vec2 center;
  Vec2 size;

  constexpr float left() const { return center.x - size.x / 2; }
  constexpr float right() const { return center.x + size.x / 2; }
  constexpr float top() const { return center.y - size.y / 2; }
  constexpr float bottom() const { return center.y + size.y / 2; }
};

constexpr bool overlap(const Rect &a, const Rect &b) {
  return a.left() < b.right() && b.left() < a.right() && a.top() < b.bottom() &&
         b.top() < a.bottom();
}

struct Color {
  float r = 1;
  float g = 1;
  float b = 1;
  float a = 1;
};

/// A colour as it is written in HTML: rgb(0xff8800) is orange.
constexpr Color rgb(unsigned hex, float alpha = 1) {
  return {static_cast<float>(hex >> 16 & 255) / 255, static_cast<float>(hex >> 8 & 255) / 255,
          static_cast<float>(hex & 255) / 255, alpha};
}

constexpr Color withAlpha(Color color, float alpha) { return {color.r, color.g, color.b, alpha}; }

constexpr Color mix(Color a, Color b, float t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t,
          a.a + (b.a - a.a) * t};
}

constexpr float clamp(float value, float low, float high) {
  return value < low ? low : value > high ? high : value;
}

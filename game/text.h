// Text, drawn as strokes with round ends.
#pragma once

#include "types.h"

struct Canvas;

enum class Align { Left, Center };

struct TextStyle {
  float height = 20;
  Color color;
  Color endColor = color; // The colour of the last character; they change from left to right.
  float glow = 0;
  Align align = Align::Left;
};

/// Draws capital letters, digits and a few signs; other characters leave a gap. `at` is half-way
/// up the text.
void drawText(Canvas &canvas, const char *text, Vec2 at, const TextStyle &style);

float textWidth(const char *text, float height);

// Text: a font of strokes on a grid of 5 by 7 points.
#include "text.h"

#include "canvas.h"

#include <array>
#include <cmath>

namespace {

constexpr float glyphWidth = 4; // In steps of the grid, like the three below.
constexpr float glyphHeight = 6;
constexpr float glyphAdvance = 6.2f;
constexpr float strokeWidth = 0.95f;

/// The way of the pen: two digits are a point (right, down), a comma lifts the pen.
struct Glyph {
  char character;
  const char *strokes;
};

constexpr std::array glyphs = {
    Glyph{'A', "060110304146,0343"},
    Glyph{'B', "0333444536060030414233"},
    Glyph{'C', "4130100105163645"},
    Glyph{'D', "00304145360600"},
    Glyph{'E', "40000646,0333"},
    Glyph{'F', "400006,0333"},
    Glyph{'G', "41301001051636454323"},
    Glyph{'H', "0006,4046,0343"},
    Glyph{'I', "1030,2026,1636"},
    Glyph{'J', "404536160504"},
    Glyph{'K', "0006,400346"},
    Glyph{'L', "000646"},
    Glyph{'M', "0600234046"},
    Glyph{'N', "06004640"},
    Glyph{'O', "100105163645413010"},
    Glyph{'P', "06003041423303"},
    Glyph{'Q', "100105163645413010,2446"},
    Glyph{'R', "06003041423303,2346"},
    Glyph{'S', "413010010213334445361605"},
    Glyph{'T', "0040,2026"},
    Glyph{'U', "000516364540"},
    Glyph{'V', "002640"},
    Glyph{'W', "0016233640"},
    Glyph{'X', "0046,4006"},
    Glyph{'Y', "002340,2326"},
    Glyph{'Z', "00400646"},
    Glyph{'0', "100105163645413010"},
    Glyph{'1', "112026,1636"},
    Glyph{'2', "01103041420646"},
    Glyph{'3', "0110304142334445361605,1333"},
    Glyph{'4', "36300444"},
    Glyph{'5', "400003334445361605"},
    Glyph{'6', "4130100105163645443303"},
    Glyph{'7', "004016"},
    Glyph{'8', "103041423313020110,1304051636454433"},
    Glyph{'9', "0516364541301001021343"},
    Glyph{'-', "1333"},
    Glyph{'.', "2626"},
    Glyph{':', "2222,2525"},
    Glyph{'!', "2024,2626"},
};

struct Pen {
  Color color;
  float glow = 0;
};

const char *strokesOf(char character) {
  for (const Glyph &glyph : glyphs)
    if (glyph.character == character)
      return glyph.strokes;
  return "";
}

Vec2 gridPoint(const char *digits) {
  return {static_cast<float>(digits[0] - '0'), static_cast<float>(digits[1] - '0')};
}

/// A bar with round ends from one point to the other.
void drawStroke(Canvas &canvas, Vec2 from, Vec2 to, float width, const Pen &pen) {
  const Vec2 way = to - from;
  const float length = std::sqrt(way.x * way.x + way.y * way.y);
  canvas.draw({
      .center = (from + to) * 0.5f,
      .size = {length + width, width},
      .corner = width / 2,
      .angle = std::atan2(way.y, way.x),
      .glow = pen.glow,
      .glowStrength = 0.12f,
      .top = pen.color,
  });
}

void drawGlyph(Canvas &canvas, const char *way, Vec2 topLeft, float step, const Pen &pen) {
  while (*way) {
    const Vec2 from = gridPoint(way);
    way += 2;
    if (*way == ',') {
      ++way;
      continue;
    }
    const Vec2 to = *way ? gridPoint(way) : from;
    drawStroke(canvas, topLeft + from * step, topLeft + to * step, strokeWidth * step, pen);
  }
}

int lengthOf(const char *text) {
  int length = 0;
  while (text[length])
    ++length;
  return length;
}

/// Draws the whole text once, with that much glow.
void drawLayer(Canvas &canvas, const char *text, Vec2 topLeft, const TextStyle &style, float glow) {
  const float step = style.height / glyphHeight;
  const int length = lengthOf(text);
  for (int i = 0; i < length; ++i) {
    const float along = length > 1 ? static_cast<float>(i) / static_cast<float>(length - 1) : 0;
    const Pen pen = {mix(style.color, style.endColor, along), glow};
    drawGlyph(canvas, strokesOf(text[i]), topLeft, step, pen);
    topLeft.x += glyphAdvance * step;
  }
}

} // namespace

float textWidth(const char *text, float height) {
  const int length = lengthOf(text);
  const float steps = static_cast<float>(length - 1) * glyphAdvance + glyphWidth;
  return length == 0 ? 0 : steps * height / glyphHeight;
}

void drawText(Canvas &canvas, const char *text, Vec2 at, const TextStyle &style) {
  const float indent = style.align == Align::Center ? textWidth(text, style.height) / 2 : 0;
  const Vec2 topLeft = {at.x - indent, at.y - style.height / 2};
  if (style.glow > 0) // The light lies below all of the strokes.
    drawLayer(canvas, text, topLeft, style, style.glow);
  drawLayer(canvas, text, topLeft, style, 0);
}

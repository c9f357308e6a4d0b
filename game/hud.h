// The texts over the field: score, level, lives, and what to do next.
#pragma once

struct Canvas;
struct Game;

void drawHud(const Game &game, Canvas &canvas);

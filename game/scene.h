// The picture of a game: everything that a frame shows, from back to front.
#pragma once

struct Canvas;
struct Game;

void drawScene(const Game &game, Canvas &canvas);

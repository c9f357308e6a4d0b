// The levels, drawn as text: a digit is a brick that takes so many hits, a dot is none.
#include "levels.h"

#include "bricks.h"

#include <array>

namespace {

using Wall = std::array<const char *, brickRows>;

constexpr std::array walls = {
    Wall{
        ".111111111.",
        ".111111111.",
        ".111111111.",
        ".111111111.",
        "...........",
        "...........",
    },
    Wall{
        "1.1.1.1.1.1",
        ".1.1.1.1.1.",
        "1.1.1.1.1.1",
        ".1.1.1.1.1.",
        "1.1.1.1.1.1",
        "...........",
    },
    Wall{
        ".....2.....",
        "....111....",
        "...11111...",
        "..1111111..",
        ".111111111.",
        "2.2.2.2.2.2",
    },
    Wall{
        "..11...11..",
        ".1111.1111.",
        ".111111111.",
        "..1121211..",
        "....121....",
        ".....2.....",
    },
    Wall{
        "11.11111.11",
        "1..1...1..1",
        "1.21.2.12.1",
        "1..1...1..1",
        "11.11111.11",
        "...........",
    },
};

} // namespace

int hitsNeeded(int level, int row, int column) {
  const Wall &wall = walls[static_cast<std::size_t>(level - 1) % walls.size()];
  const char mark = wall[static_cast<std::size_t>(row)][column];
  return mark == '.' ? 0 : mark - '0';
}

#include "game.h"

std::vector<Enemy> enemies = {{"orc", 30}, {"elf", 20}};

int damage(const Enemy &target, int by) {
  int left = target.health - by;
  return left < 0 ? 0 : left;
}

void update(int frame) {
  for (Enemy &e : enemies)
    e.health = damage(e, frame);
}

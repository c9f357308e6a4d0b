#pragma once
#include <string>
#include <vector>

struct Enemy {
  std::string name;
  int health;
};
extern std::vector<Enemy> enemies;
void update(int frame);

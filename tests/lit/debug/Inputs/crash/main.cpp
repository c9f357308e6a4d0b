#include <string>
#include <vector>

struct Enemy {
  std::string name;
  int *health;
};

void hit(Enemy &target, int by) {
  *target.health -= by;
}

int main() {
  std::vector<Enemy> enemies = {{"orc", nullptr}};
  for (Enemy &e : enemies)
    hit(e, 3);
}

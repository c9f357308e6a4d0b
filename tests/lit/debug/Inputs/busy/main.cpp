#include <ctime>

unsigned spin(unsigned from) {
  for (int i = 0; i < 1000000; ++i)
    from = from * 1664525 + 1013904223;
  return from;
}

int main() {
  unsigned sum = 0;
  while (clock() < CLOCKS_PER_SEC * 2)
    sum = spin(sum);
  return sum == 1;
}

#include "../rounds.h"
#include "zoo.h"

Zoo::Zoo(unsigned count) {
  for (unsigned i = 0; i < count; ++i)
    animals.push_back(make_animal(i));
}

unsigned long long Zoo::day(unsigned weather) {
  unsigned long long sum = 0;
  for (const std::unique_ptr<Animal> &animal : animals)
    sum += animal->live(weather) * animal->weight();
  return sum;
}

int main() {
  run_rounds(12, [] {
    Zoo zoo(2000);
    unsigned long long sum = 0;
    for (unsigned day = 0; day < 3000; ++day)
      sum = sum * 3 + zoo.day(day * 7 % 10);
    return sum;
  });
}

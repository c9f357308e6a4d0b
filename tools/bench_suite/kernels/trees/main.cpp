#include "../rounds.h"
#include "trees.h"

int main() {
  run_rounds(12, [] {
    unsigned long long sum = 0;
    unsigned seed = 11;
    for (int tree = 0; tree < 400; ++tree) {
      std::unique_ptr<Node> root;
      for (int i = 0; i < 2000; ++i) {
        seed = seed * 1664525u + 1013904223u;
        insert(root, seed >> 8);
      }
      sum += weigh(root.get(), 1);
    }
    return sum;
  });
}

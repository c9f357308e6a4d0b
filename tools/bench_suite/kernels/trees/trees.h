// Search trees that are built, walked and torn down.
#pragma once

#include <memory>

struct Node {
  unsigned key;
  std::unique_ptr<Node> left, right;
};

/// Puts a key in, unless it is there.
void insert(std::unique_ptr<Node> &at, unsigned key);
/// Each key weighed with its depth.
unsigned long long weigh(const Node *node, unsigned depth);

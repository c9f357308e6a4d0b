#include "trees.h"

void insert(std::unique_ptr<Node> &at, unsigned key) {
  std::unique_ptr<Node> *place = &at;
  while (*place && (*place)->key != key)
    place = key < (*place)->key ? &(*place)->left : &(*place)->right;
  if (!*place)
    *place = std::make_unique<Node>(Node{key, nullptr, nullptr});
}

unsigned long long weigh(const Node *node, unsigned depth) {
  if (!node)
    return 0;
  return node->key * depth + weigh(node->left.get(), depth + 1) +
         weigh(node->right.get(), depth + 1);
}

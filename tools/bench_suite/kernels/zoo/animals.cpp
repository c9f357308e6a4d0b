#include "zoo.h"

namespace {

class Mouse : public Animal {
public:
  explicit Mouse(unsigned size) : size(size) {}
  unsigned live(unsigned weather) override {
    hunger += weather & 3;
    unsigned eaten = hunger > 9 ? 5 : 1;
    hunger -= hunger > 9 ? 5 : 0;
    size += eaten & 1;
    return eaten;
  }
  unsigned weight() const override { return size; }

private:
  unsigned size, hunger = 0;
};

class Bird : public Animal {
public:
  explicit Bird(unsigned height) : height(height) {}
  unsigned live(unsigned weather) override {
    height = weather > 5 ? height / 2 : height + 3;
    return height & 7;
  }
  unsigned weight() const override { return 2 + height / 64; }

private:
  unsigned height;
};

class Fish : public Animal {
public:
  explicit Fish(unsigned depth) : depth(depth) {}
  unsigned live(unsigned weather) override {
    depth = depth * 5 + weather;
    return depth >> 29;
  }
  unsigned weight() const override { return depth % 13; }

private:
  unsigned depth;
};

} // namespace

std::unique_ptr<Animal> make_animal(unsigned number) {
  switch (number * 2654435761u >> 30) {
  case 0:
    return std::make_unique<Mouse>(number % 17);
  case 1:
    return std::make_unique<Bird>(number % 101);
  default:
    return std::make_unique<Fish>(number);
  }
}

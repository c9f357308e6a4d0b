// Animals that live their lives by virtual calls.
#pragma once

#include <memory>
#include <vector>

class Animal {
public:
  virtual ~Animal() = default;
  /// Lives one day; what it has eaten.
  virtual unsigned live(unsigned weather) = 0;
  virtual unsigned weight() const = 0;
};

/// A mouse, a bird or a fish, by number.
std::unique_ptr<Animal> make_animal(unsigned number);

class Zoo {
public:
  explicit Zoo(unsigned count);
  /// All animals live one day; what they have eaten.
  unsigned long long day(unsigned weather);

private:
  std::vector<std::unique_ptr<Animal>> animals;
};

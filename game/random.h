// A small random generator (xorshift32) whose numbers are the same on every machine.
#pragma once

#include <cstdint>

struct Random {
  std::uint32_t state = 2463534242u;
};

inline Random seededRandom(unsigned seed) {
  const std::uint32_t mixed = seed * 2654435769u ^ 2463534242u;
  return {mixed != 0 ? mixed : 1}; // Zero would stay zero for ever.
}

inline std::uint32_t nextRandom(Random &random) {
  random.state ^= random.state << 13;
  random.state ^= random.state >> 17;
  random.state ^= random.state << 5;
  return random.state;
}

/// From low up to high.
inline float randomBetween(Random &random, float low, float high) {
  return low + (high - low) * (static_cast<float>(nextRandom(random) >> 8) / 16777216.0f);
}

/// One of 0 ... count - 1.
inline int randomBelow(Random &random, int count) {
  return static_cast<int>(nextRandom(random) % static_cast<std::uint32_t>(count));
}

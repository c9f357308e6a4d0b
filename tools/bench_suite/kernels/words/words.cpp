#include "words.h"

#include <algorithm>
#include <unordered_map>

std::string make_text(unsigned seed, int words) {
  static const char *const Syllables[] = {"ka", "lo", "mi", "ren", "so", "ta", "vu", "ze"};
  std::string text;
  for (int i = 0; i < words; ++i) {
    seed = seed * 1664525u + 1013904223u;
    // Some words are much more frequent than others.
    unsigned number = (seed >> 12) % 64 * ((seed >> 20) % 64);
    do {
      text += Syllables[number % 8];
      number /= 8;
    } while (number);
    text += i % 12 == 11 ? '\n' : ' ';
  }
  return text;
}

std::vector<std::pair<std::string, int>> count_words(const std::string &text) {
  std::unordered_map<std::string, int> counts;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find_first_of(" \n", at);
    if (end > at)
      ++counts[text.substr(at, end - at)];
    at = end + 1;
  }
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto &a, const auto &b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return sorted;
}

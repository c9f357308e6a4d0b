#include "containers.h"

#include <stdlib.h>

namespace {

/// Elements as one word: "a,b,".
std::string joined(const Texts &parts) {
  std::string result;
  for (const std::string &part : parts)
    result += part + ",";
  return result;
}

Texts split(const std::string &word) {
  Texts result;
  for (size_t at = 0, comma; (comma = word.find(',', at)) != std::string::npos; at = comma + 1)
    result.push_back(word.substr(at, comma - at));
  return result;
}

/// Writes elements to the state and returns nothing, or those that were read.
Texts exchanged(const char *name, const Texts &parts) {
  return split(fuzz_text(name, joined(parts).c_str()));
}

} // namespace

void fuzz_hold(const char *name, Texts &value) {
  Texts read = exchanged(name, value);
  if (fuzz_mode == FuzzLoads)
    value = read;
}

void fuzz_hold(const char *name, std::string &value) {
  const char *read = fuzz_text(name, value.c_str());
  if (fuzz_mode == FuzzLoads)
    value = read;
}

void fuzz_hold(const char *name, Numbers &value) {
  Texts parts;
  for (int number : value)
    parts.push_back(std::to_string(number));
  parts = exchanged(name, parts);
  if (fuzz_mode != FuzzLoads)
    return;
  value.clear();
  for (const std::string &part : parts)
    value.push_back(atoi(part.c_str()));
}

void fuzz_hold(const char *name, Counts &value) {
  Texts parts;
  for (auto [key, count] : value)
    parts.insert(parts.end(), {std::to_string(key), std::to_string(count)});
  parts = exchanged(name, parts);
  if (fuzz_mode != FuzzLoads)
    return;
  value.clear();
  for (size_t i = 0; i + 1 < parts.size(); i += 2)
    value[atoi(parts[i].c_str())] =
        static_cast<unsigned>(strtoul(parts[i + 1].c_str(), nullptr, 10));
}

unsigned fuzz_sum(const std::string &value) { return fuzz_hash(value.c_str()); }

unsigned fuzz_sum(const Numbers &value) {
  unsigned result = 0;
  for (int number : value)
    result = result * 7u + static_cast<unsigned>(number);
  return result;
}

unsigned fuzz_sum(const Texts &value) { return fuzz_sum(joined(value)); }

unsigned fuzz_sum(const Counts &value) {
  unsigned result = 0;
  for (auto [key, count] : value)
    result = result * 5u + static_cast<unsigned>(key) * count;
  return result;
}

void fuzz_grow(std::string &value, unsigned n) {
  if (value.size() > 40)
    value.resize(2);
  value += static_cast<char>('a' + n % 26u);
}

void fuzz_grow(Numbers &value, unsigned n) {
  if (value.size() > 9)
    value.resize(1);
  value.push_back(static_cast<int>(n));
}

void fuzz_grow(Texts &value, unsigned n) {
  if (value.size() > 5)
    value.resize(1);
  value.push_back("text" + std::to_string(n));
}

void fuzz_grow(Counts &value, unsigned n) {
  if (value.size() > 9)
    value.clear();
  value[static_cast<int>(n % 20u)] += n;
}

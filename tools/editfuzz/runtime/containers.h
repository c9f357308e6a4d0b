// Strings and containers in a generated program: how its functions use them, and its state.

#ifndef CONTAINERS_H
#define CONTAINERS_H

#include "fuzz.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using Numbers = std::vector<int>;
using Texts = std::vector<std::string>;
using Counts = std::map<int, unsigned>;

// Gives a value to the state, or takes what the state has for it. A value that is only looked at is
// not written to: it stays where it is.
void fuzz_hold(const char *name, std::string &value);
void fuzz_hold(const char *name, Numbers &value);
void fuzz_hold(const char *name, Texts &value);
void fuzz_hold(const char *name, Counts &value);

// All of a value as one number.
unsigned fuzz_sum(const std::string &value);
unsigned fuzz_sum(const Numbers &value);
unsigned fuzz_sum(const Texts &value);
unsigned fuzz_sum(const Counts &value);

// Adds something, and takes much away once there is much.
void fuzz_grow(std::string &value, unsigned n);
void fuzz_grow(Numbers &value, unsigned n);
void fuzz_grow(Texts &value, unsigned n);
void fuzz_grow(Counts &value, unsigned n);

#endif

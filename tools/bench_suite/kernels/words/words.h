// Which words a text has most often.
#pragma once

#include <string>
#include <utility>
#include <vector>

/// A text of that many words, the same for the same seed.
std::string make_text(unsigned seed, int words);
/// Each word and how often it occurs, the most frequent first.
std::vector<std::pair<std::string, int>> count_words(const std::string &text);

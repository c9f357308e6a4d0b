#include "../rounds.h"
#include "words.h"

int main() {
  std::string text = make_text(7, 400000);
  run_rounds(12, [&] {
    unsigned long long sum = 0;
    for (const auto &[word, count] : count_words(text))
      sum = sum * 31 + word.size() * static_cast<unsigned>(count);
    return sum;
  });
}

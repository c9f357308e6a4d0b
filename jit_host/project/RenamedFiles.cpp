//===- RenamedFiles.cpp - Which new file is a gone one under another name -===//

#include "project/RenamedFiles.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

#include <algorithm>
#include <tuple>

using namespace llvm;
using namespace nextframe;

double nextframe::likeness(StringRef A, StringRef B) {
  StringMap<int> Lines;
  size_t InA = 0, InB = 0, Common = 0;
  for (StringRef Line : split(A, '\n'))
    if (Line = Line.trim(); !Line.empty())
      ++Lines[Line], ++InA;
  for (StringRef Line : split(B, '\n'))
    if (Line = Line.trim(); !Line.empty()) {
      ++InB;
      if (auto It = Lines.find(Line); It != Lines.end() && It->second > 0)
        --It->second, ++Common;
    }
  return InA && InB ? double(Common) / double(std::max(InA, InB)) : 0;
}

void RenamedFiles::gone(StringRef LocalTo, StringRef Text) {
  Gone.push_back({LocalTo.str(), Text.str()});
}

void RenamedFiles::settle() {
  Gone.clear();
  New.clear();
}

std::vector<std::string> RenamedFiles::match(ArrayRef<NewFile> Files) const {
  constexpr double Enough = 0.5;
  struct Pair {
    double Likeness;
    size_t New, Gone;
  };
  std::vector<Pair> Pairs;
  for (size_t N = 0; N != Files.size(); ++N)
    for (size_t G = 0; G != Gone.size(); ++G) {
      bool SameName = Files[N].File == Gone[G].LocalTo;
      double Like = SameName ? 1.0 : likeness(Files[N].Text, Gone[G].Text);
      if (Like >= Enough)
        Pairs.push_back({Like + SameName, N, G});
    }
  sort(Pairs, [](const Pair &A, const Pair &B) {
    return std::tuple(-A.Likeness, A.New, A.Gone) < std::tuple(-B.Likeness, B.New, B.Gone);
  });
  std::vector<std::string> Result(Files.size());
  std::vector<bool> Taken(Gone.size());
  for (const Pair &P : Pairs)
    if (Result[P.New].empty() && !Taken[P.Gone]) {
      Result[P.New] = Gone[P.Gone].LocalTo;
      Taken[P.Gone] = true;
    }
  return Result;
}

//===- Siblings.cpp - What shares its place and name with others ----------===//

#include "ir/Siblings.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <iterator>
#include <set>

using namespace llvm;
using namespace nextframe;

/// How much of two texts is the same, from 0 to 1, whatever its order.
static double likeness(ArrayRef<uint32_t> A, ArrayRef<uint32_t> B) {
  if (A == B)
    return 1;
  std::vector<uint32_t> X(A), Y(B), Both;
  sort(X);
  sort(Y);
  std::set_intersection(X.begin(), X.end(), Y.begin(), Y.end(), std::back_inserter(Both));
  return 2.0 * Both.size() / (A.size() + B.size());
}

namespace {

/// Finds the siblings of a new text among the known ones, surest matches first.
class Matching {
public:
  Matching(ArrayRef<Sibling> Known, MutableArrayRef<Sibling> Family)
      : Known(Known), Family(Family), OldTaken(Known.size()), NewTaken(Family.size()) {}

  void run() {
    auto SameText = [](const Sibling &A, const Sibling &B) { return A.Text == B.Text; };
    matchSame([](const Sibling &A, const Sibling &B) {
      return A.Text == B.Text && A.Context == B.Context && A.Present;
    });
    matchOnly(SameText);
    align();
    // One that was taken out, and is put back.
    matchSame(SameText);
    numberTheRest();
  }

private:
  void match(size_t Old, size_t New) {
    OldTaken[Old] = NewTaken[New] = true;
    Family[New].Number = Known[Old].Number;
  }

  template <typename PredicateT> void matchSame(PredicateT Same) {
    for (size_t New = 0; New != Family.size(); ++New)
      for (size_t Old = 0; Old != Known.size() && !NewTaken[New]; ++Old)
        if (!OldTaken[Old] && Same(Known[Old], Family[New]))
          match(Old, New);
  }

  /// Matches those that are the same as one other alone, wherever it stands.
  template <typename PredicateT> void matchOnly(PredicateT Same) {
    for (size_t New = 0; New != Family.size(); ++New) {
      if (NewTaken[New])
        continue;
      auto IsLike = [&](const Sibling &S) { return Same(S, Family[New]); };
      std::vector<size_t> Olds;
      for (size_t Old : free(OldTaken))
        if (Known[Old].Present && IsLike(Known[Old]))
          Olds.push_back(Old);
      if (Olds.size() == 1 &&
          count_if(free(NewTaken), [&](size_t Other) { return IsLike(Family[Other]); }) == 1)
        match(Olds.front(), New);
    }
  }

  static std::vector<size_t> free(const std::vector<bool> &Taken) {
    std::vector<size_t> Result;
    for (size_t I = 0; I != Taken.size(); ++I)
      if (!Taken[I])
        Result.push_back(I);
    return Result;
  }

  /// Pairs what is left in the order of both texts, as many as there can be and
  /// those that are most alike: edited ones, beside some that came or went.
  void align() {
    std::vector<size_t> Olds = free(OldTaken), News = free(NewTaken);
    erase_if(Olds, [&](size_t Old) { return !Known[Old].Present; });
    size_t Rows = Olds.size(), Columns = News.size();
    // The best that can be had from a row and a column on.
    std::vector<std::vector<double>> Best(Rows + 1, std::vector<double>(Columns + 1));
    auto Score = [&](size_t Row, size_t Column) {
      const Sibling &Old = Known[Olds[Row]], &New = Family[News[Column]];
      return 4 + 2 * likeness(Old.Text, New.Text) + likeness(Old.Context, New.Context);
    };
    auto Paired = Best;
    for (size_t R = Rows; R-- > 0;)
      for (size_t C = Columns; C-- > 0;) {
        Paired[R][C] = Score(R, C) + Best[R + 1][C + 1];
        Best[R][C] = std::max({Paired[R][C], Best[R + 1][C], Best[R][C + 1]});
      }
    for (size_t R = 0, C = 0; R != Rows && C != Columns;) {
      if (Best[R][C] == Paired[R][C])
        match(Olds[R++], News[C++]);
      else if (Best[R][C] == Best[R + 1][C])
        ++R;
      else
        ++C;
    }
  }

  void numberTheRest() {
    std::set<uint32_t> Used;
    for (const Sibling &S : Known)
      Used.insert(S.Number);
    uint32_t Next = 0;
    for (size_t New : free(NewTaken)) {
      while (!Used.insert(Next).second)
        ++Next;
      Family[New].Number = Next;
    }
  }

  ArrayRef<Sibling> Known;
  MutableArrayRef<Sibling> Family;
  std::vector<bool> OldTaken, NewTaken;
};

} // namespace

void nextframe::numberSiblings(ArrayRef<Sibling> Known, MutableArrayRef<Sibling> Family) {
  Matching(Known, Family).run();
}

static void remember(std::vector<Sibling> &Known, ArrayRef<Sibling> Now) {
  erase_if(Known, [&](const Sibling &Old) {
    return any_of(Now, [&](const Sibling &S) { return S.Number == Old.Number; });
  });
  for (Sibling &Gone : Known)
    Gone.Present = false;
  Known.insert(Known.begin(), Now.begin(), Now.end());
}

void nextframe::rememberSiblings(SiblingFamilies &Known, ArrayRef<const SiblingFamilies *> Units) {
  std::set<std::string> Seen;
  for (const SiblingFamilies *Unit : Units)
    for (const auto &[Name, Family] : *Unit)
      if (Seen.insert(Name).second)
        remember(Known[Name], Family);
}

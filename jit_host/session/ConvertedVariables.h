//===- ConvertedVariables.h - Values that go to homes of other types ------===//
//
// The part of a commit that carries the values of variables over whose type was
// edited. While the threads are stopped, each value is converted into the new home,
// which no code reads yet; one that doesn't survive that stops the reload, and the
// old homes are as they were.
//
// The three-way rule holds here too: a variable that the program has left as the old
// initialiser made it takes what the new one gives.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_SESSION_CONVERTEDVARIABLES_H
#define NEXTFRAME_SESSION_CONVERTEDVARIABLES_H

#include "plan/Plan.h"

#include "llvm/ADT/StringMap.h"

#include <optional>
#include <string>
#include <vector>

namespace nextframe {

class Homes;

/// Made on the reload thread; the rest is the main thread's, inside a commit, in the
/// order in which it stands here.
class ConvertedVariables {
public:
  /// \p Addresses has what wantedSymbols() asks for.
  ConvertedVariables(const ReloadPlan &Plan, const llvm::StringMap<void *> &Addresses,
                     const LiveProgram &Next);

  /// Returns the symbols whose addresses the conversions of \p Plan need.
  static std::vector<std::string> wantedSymbols(const ReloadPlan &Plan, const LiveProgram &Next);

  /// Remembers what the new initialisers gave. Before the threads are stopped.
  void prepare(const Homes &Data);

  /// Gives the new homes their values. Returns whether each survives. Allocates
  /// nothing; while the threads are stopped.
  bool convert(const Homes &Data);

  /// Says why convert() has returned false, a message each.
  std::vector<std::string> refusals() const;

  /// Makes the new homes known. Returns the variables whose initialiser was edited and
  /// that keep the program's value; adds those to \p TookNew that have taken the new one.
  std::vector<KeptVariable> finish(Homes &Data, std::vector<std::string> &TookNew);

  /// Whether \p Variable is one of those.
  bool contains(llvm::StringRef Variable) const;

  /// Whether \p Variable is one of those, and has kept the program's value.
  bool keepsValue(llvm::StringRef Variable) const;

private:
  enum class Loss { None, Value, Element, Unknown };
  struct Item {
    Conversion What;
    const void *Old;
    void *New;
    uint64_t NewSize;
    /// What the new initialiser gives, as far as it is known.
    std::optional<std::vector<uint8_t>> Initial = std::nullopt;
    bool IsEdited = false; ///< The initialiser gives another value, as far as is known.
    bool TakesInitial = false;
    Loss Lost = Loss::None;
    uint64_t LostElement = 0;
  };
  static void lookForLoss(Item &I, const Homes &Data);

  std::vector<Item> Items;
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_CONVERTEDVARIABLES_H

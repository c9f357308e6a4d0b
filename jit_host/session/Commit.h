//===- Commit.h - The moment at which a reload becomes live ---------------===//

#ifndef NEXTFRAME_SESSION_COMMIT_H
#define NEXTFRAME_SESSION_COMMIT_H

#include "link/Linker.h"
#include "plan/Plan.h"
#include "session/ProgramSymbols.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nextframe {

class Homes;
class ConvertedVariables;
class LayoutCheck;

/// Everything that a reload has to do to the running program, made ready so
/// that doing it takes as few steps as possible. A value; run() is called once.
class Commit {
public:
  /// Gathers what \p Plan and \p Linked say. \p Variables gives sizes.
  Commit(const ReloadPlan &Plan, const LinkedCode &Linked, const LiveProgram &Next);

  Commit(Commit &&);
  ~Commit();

  /// Returns the symbols whose addresses a commit of \p Plan, which turns \p Live into
  /// \p Next, needs.
  static std::vector<std::string> wantedSymbols(const ReloadPlan &Plan, const LiveProgram &Live,
                                                const LiveProgram &Next);

  /// Makes the commit depend on \p Check.
  void require(std::unique_ptr<LayoutCheck> Check);

  /// Has run() make \p Changes known, before any initialiser is run.
  void publish(SymbolChanges Changes) { Symbols = std::move(Changes); }

  /// Whether it may only be run at a frame boundary of the main thread.
  bool needsBoundary() const { return NeedsBoundary; }

  enum class Outcome {
    Done,
    Refused,  ///< Nothing was done: refusals() says why.
    TryAgain, ///< Nothing was done, but a moment later it may be: run() it once more.
  };

  /// Redirects the entries and rewrites virtual tables; then gives edited variables their new
  /// initial values where the program has left the old ones, and runs the initialisers of new ones,
  /// in the order of a fresh start. noexcept: an exception out of an initialiser ends the program,
  /// as at its start.
  Outcome run(Homes &Data) noexcept;

  /// Whether run() has changed anything. It hasn't where all that it had to do
  /// was to reset variables that the program has made its own.
  bool hasEffect() const { return HasEffect; }

  Generation generation() const { return Gen; }
  /// After run(): functions, by symbol, whose old body the calling thread is in the
  /// middle of, in a loop that may not end.
  const std::vector<std::string> &running() const { return Running; }
  /// After run(): variables that took their new initial value, by symbol, and
  /// those that didn't.
  const std::vector<std::string> &reset() const { return TookNew; }
  const std::vector<KeptVariable> &kept() const { return Kept; }
  /// After run() has refused: why, a message each.
  const std::vector<std::string> &refusals() const { return Refusals; }
  uint64_t startNs() const { return StartNs; }
  uint64_t endNs() const { return EndNs; }

private:
  /// Every executable's initialisers are given main's arguments.
  using Code = InitialiserFunction;
  struct NewVariable {
    std::string Name;
    void *Address;
    uint64_t Size;
  };
  struct Action {
    std::string Variable;
    Code Initialiser = nullptr;
    const void *Content = nullptr;
    bool IsReset = false;  ///< Only where the program has left the old value.
    void *Guard = nullptr; ///< As Reset's, and the next too.
    std::string KeepReason = {};
  };

  void findRunning();
  void makeVariablesKnown(Homes &Data);
  bool redirectChecked(Homes &Data);
  Outcome giveUp(Homes &Data);
  void redirectEntries();
  void rewriteTables();
  void run(const Action &A, Homes &Data);
  bool mayReset(const Action &A, const Homes &Data);

  void runPrebuilt();

  Generation Gen;
  bool NeedsBoundary;
  bool HasEffect;
  std::vector<EntryUpdate> Updates;
  /// A virtual table that takes another content in place.
  struct TableUpdate {
    void **Home;
    void **Content;
    size_t Slots;
  };
  std::vector<TableUpdate> Tables;
  std::vector<NewVariable> NewVariables;
  std::vector<RenamedVariable> Renamed;
  struct Guard {
    std::string Variable;
    void *Address;
    bool IsSet = false;
  };
  std::vector<Guard> Guards;   ///< Of variables that are there already.
  std::vector<Guard> Watched;  ///< New ones of local statics.
  std::vector<Action> Actions; ///< In the order of a fresh start.
  std::vector<Code> Finalisers;
  PrebuiltFunctions Prebuilt;
  SymbolChanges Symbols;
  struct OldBody {
    std::string Function;
    void **Slot;
  };
  std::vector<OldBody> Looping;
  std::vector<std::string> Running;
  std::vector<std::string> TookNew;
  std::vector<KeptVariable> Kept;
  std::unique_ptr<ConvertedVariables> Converted;
  std::unique_ptr<LayoutCheck> Check; ///< Null where the reload needs none.
  std::vector<std::string> Refusals;
  uint64_t FirstTryNs = 0;
  uint64_t StartNs = 0, EndNs = 0;
};

} // namespace nextframe

#endif // NEXTFRAME_SESSION_COMMIT_H

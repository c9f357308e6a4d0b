//===- Plan.h - Old facts against new facts: what a reload has to do ------===//
//
// The plan decides like a static linker which definition of each name counts
// (a strong one, else the first in link order), compares that with what is
// live, and says what to generate, what to run, and what to tell the user. It
// is pure: facts in, a ReloadPlan out.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_PLAN_PLAN_H
#define NEXTFRAME_PLAN_PLAN_H

#include "ir/Facts.h"
#include "plan/LiveProgram.h"
#include "support/Ids.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace nextframe {

/// One unit of the program as it is to be, in link order.
struct PlanUnit {
  UnitId Id{};
  std::string File;
  const UnitFacts *Facts = nullptr;
};

/// What to generate from one unit.
struct UnitWork {
  UnitId Unit{};
  std::vector<std::string> Functions; ///< Bodies to make.
  std::vector<std::string> Variables; ///< Homes to make.
  /// Of these, flags that are to say in each thread that a `thread_local` has been initialised:
  /// it was there before, and had no initialiser to run.
  std::vector<std::string> SetFlags;
  /// Variables whose initial content changed and that may take the new one: it
  /// is linked under initialContentSymbol().
  std::vector<std::string> InitialContents;
  /// Virtual tables whose homes take another content: as InitialContents, but without
  /// a question.
  std::vector<std::string> VTables;
};

/// Variables to lay side by side (their homes are among UnitWork::Variables), and the symbols of
/// the section's bounds.
struct SectionWork {
  std::string Name, Start, Stop;
  std::vector<std::pair<UnitId, std::string>> Elements; ///< In the order of the link.
};

/// A function whose new body is one that it had before and that is still there.
struct Rebind {
  std::string Function;
  Generation Body{};
};

struct InitialiserRun {
  std::string Function;
  std::string Variable; ///< Empty for a constructor function.
  unsigned Order = 0;   ///< Among all initialisers of a fresh start.
};

/// A variable whose initialiser was edited: it takes the new value if the
/// program has left it as the old initialiser made it (decided at the commit).
struct Reset {
  std::string Variable;
  /// The initialiser to run again; empty where the new content is constant.
  std::string Initialiser;
  unsigned Order = 0; ///< As InitialiserRun's; 0 for constant content.
  /// Whether it takes its constant content (before an initialiser is run).
  bool TakesContent = true;
  /// Of a local static that is initialised at its first use: its guard.
  std::string Guard = {};
  /// Why it is kept all the same, if it has been used by then.
  std::string KeepReason = {};
};

struct KeptVariable {
  std::string Name;
  std::string Reason;
};

/// A message about the program as a whole, in place of clang's.
struct LinkProblem {
  std::string File;
  unsigned Line = 0;
  std::string Message;
};

/// A type whose layout the reload changes. Nothing may be alive that has the old one,
/// but where only virtual functions changed; what a plan can't know of that is for the
/// commit to find out.
struct LayoutChange {
  std::string Type; ///< By RecordFacts::key().
  std::string What; ///< In words: "size 8 → 12; field 'z' added".
  uint64_t OldSize = 0;
  /// Whether its virtual functions changed, and whether nothing else did: then objects
  /// of it may be alive, as their tables are rewritten in place.
  bool Virtuals = false, OnlyVirtuals = false;
  /// The variables that hold objects of it, and how many.
  struct Holder {
    std::string Variable;
    uint64_t Objects = 0;
    bool Removed = false; ///< No source has it any more; its destructor will run.
  };
  std::vector<Holder> Holders;
  /// Homes of constants (and of removed variables without a destructor) that hold
  /// objects of it: they matter where the program's state points into them.
  std::vector<Holder> PointedTo;
  /// Where else objects of it may be.
  std::vector<HidingPlace> Hidden;
};

/// A body that must not be running at the commit: it would go on with what the
/// reload changes.
struct Hazard {
  std::string Function;
  Generation Body{};
  std::string Reason; ///< A whole message, for the case that it is running.
};

/// A variable that gets another home because its type changed, and whose value goes
/// with it, converted: whether it can is decided at the commit, by value.
struct Conversion {
  std::string Variable;
  std::string OldHome; ///< Its symbol.
  uint64_t OldSize = 0;
  ValueShape From, To;
  std::string FromType, ToType; ///< As the source spells them.
  /// Whether it takes the new initial value if the program has left the old one.
  bool MayReset = true;
  /// The initialiser to run for that; empty where the new content is constant.
  std::string Initialiser;
  unsigned Order = 0; ///< As InitialiserRun's.
};

/// A variable that has another symbol now, since its linkage was edited. It keeps its
/// home.
struct RenamedVariable {
  std::string Old, New;
};

/// The guard of a variable that had a constant initialiser and is there already. If
/// the program has changed the variable, its new initialiser must not be run.
struct NewGuard {
  std::string Guard, Variable;
};

struct ReloadPlan {
  Generation Gen{};
  std::vector<UnitWork> Work;
  std::vector<SectionWork> Sections;
  std::vector<UnitId> Assembly; ///< Units whose assembly at the top level is to be linked.
  std::vector<Rebind> Rebinds;
  std::vector<std::string> NewEntries; ///< Functions; see LiveFunction::Entry.
  std::vector<AliasFacts> Aliases;     ///< New ones.
  std::vector<AliasFacts> Retargeted;  ///< Of functions, with another target than before.
  std::vector<InitialiserRun> Initialisers;
  std::vector<std::string> Finalisers;
  std::vector<Reset> Resets;
  std::vector<KeptVariable> Kept;
  std::vector<LayoutChange> LayoutChanges;
  std::vector<RenamedVariable> Renamed;
  std::vector<NewGuard> NewGuards;
  std::vector<Conversion> Conversions;
  std::vector<Hazard> Hazards;

  // For the report; names as symbols.
  std::vector<std::string> Replaced;
  std::vector<std::string> Added;
  std::vector<std::string> Removed;
  std::vector<std::string> Notes;
  /// Replaced functions whose old body may be in a loop now, and for long (main
  /// apart, which has its note).
  std::vector<std::string> Looping;

  /// Not empty: the reload fails.
  std::vector<LinkProblem> Problems;
  /// Not empty: the reload is refused.
  std::vector<std::string> Refusals;

  /// Whether it touches the program's state, and so has to wait for a frame
  /// boundary.
  bool needsBoundary() const {
    return !Initialisers.empty() || !Resets.empty() || !Finalisers.empty() || !Renamed.empty() ||
           !NewGuards.empty() || needsStop();
  }
  /// Whether no other thread may run the program's code while it is committed.
  bool needsStop() const {
    return !LayoutChanges.empty() || !Conversions.empty() || !Hazards.empty();
  }
  /// Whether all that it does is to give variables new initial values, if anything.
  bool onlyResets() const {
    for (const UnitWork &W : Work)
      if (!W.Functions.empty() || !W.Variables.empty() || !W.VTables.empty())
        return false;
    return Rebinds.empty() && Aliases.empty() && Retargeted.empty() && Added.empty() &&
           Removed.empty() && Initialisers.empty() && Finalisers.empty();
  }
  /// Whether all that it does is to note that functions are in no source any more.
  bool onlyRemoves() const {
    return Work.empty() && Rebinds.empty() && Aliases.empty() && Added.empty() && !needsBoundary();
  }
  bool changesNothing() const {
    return Work.empty() && Assembly.empty() && Rebinds.empty() && Aliases.empty() &&
           Retargeted.empty() && Added.empty() && Removed.empty() && !needsBoundary();
  }
};

/// What is live once \p Plan is committed.
struct PlanResult {
  ReloadPlan Plan;
  LiveProgram Next;
};

/// Plans the reload that makes \p Live into \p Units. \p IsExternal says whether
/// a library of the process has a symbol that the program doesn't define.
PlanResult planReload(const LiveProgram &Live, llvm::ArrayRef<PlanUnit> Units,
                      llvm::function_ref<bool(llvm::StringRef)> IsExternal);

/// Returns the symbol of the initial content of \p Variable that generation
/// \p G brings for a variable that has its home already.
std::string initialContentSymbol(llvm::StringRef Variable, Generation G);

} // namespace nextframe

#endif // NEXTFRAME_PLAN_PLAN_H

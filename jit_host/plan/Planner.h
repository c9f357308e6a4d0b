//===- Planner.h - The passes of one plan ---------------------------------===//
//
// Inside the room only. The passes over functions and over the program as a
// whole are in Plan.cpp, those over variables in PlanVariables.cpp and over initialisers
// in PlanInitialisers.cpp, those over sections in PlanSections.cpp, those over types in
// PlanTypes.cpp and PlanVTables.cpp, and what becomes of a variable of another type or linkage in
// PlanConversions.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_PLAN_PLANNER_H
#define NEXTFRAME_PLAN_PLANNER_H

#include "plan/Plan.h"
#include "plan/Resolution.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <map>

namespace nextframe {

/// What never changes in place: an edit makes another one.
inline bool isConstantData(DataKind Kind) {
  return Kind == DataKind::Constant || Kind == DataKind::Literal;
}

/// Returns what \p V says by itself: without what its unit's lists say of it.
LiveVariable describeAlone(const VariableFacts &V);

/// Makes \p F, a function that differs from what is live, the body of \p L, which \p IsNew
/// says is added, and notes it in \p Plan. Returns whether the body has to be made; else it
/// is one that the function had before, unless \p Anew.
bool takeBody(const FunctionFacts &F, const UnitFacts &In, ReloadPlan &Plan, bool IsNew,
              LiveFunction &L, bool Anew = false);

/// Plans one reload: a pass a kind of thing, in the order of run().
class Planner {
public:
  Planner(const LiveProgram &Live, llvm::ArrayRef<PlanUnit> Units,
          llvm::function_ref<bool(llvm::StringRef)> IsExternal)
      : Live(Live), Next(Live), Units(Units), IsExternal(IsExternal), New(resolve(Units)) {}

  PlanResult run();

private:
  LiveVariable describe(const VariableFacts &V, size_t Unit) const;
  void variable(const VariableFacts &V, size_t Unit);
  bool keepsThreadLocal(llvm::StringRef Flag) const;
  void changedVariable(const VariableFacts &V, size_t Unit, LiveVariable &Known);
  void refuseType(const VariableFacts &V, const LiveVariable &Known);
  bool isSameType(const VariableFacts &V, const LiveVariable &Known) const;
  bool mayConvertType(const VariableFacts &V, const LiveVariable &Known) const;
  void changedLinkages();
  void relink(llvm::StringRef Old, const VariableFacts &V);
  void convertVariable(const VariableFacts &V, size_t Unit, LiveVariable &Known);
  Conversion *conversionOf(llvm::StringRef Variable);
  void initialiserOfConverted(Conversion &C, llvm::StringRef Initialiser);
  std::vector<uint64_t> idsOf(llvm::StringRef Variable) const;
  void heldByConstants();
  void conversionHazards();
  std::vector<uint64_t> variablesAmong(llvm::ArrayRef<SymbolIndex> Refs, size_t Unit) const;
  void namedSections();
  void assembly();
  bool isLaidAs(llvm::StringRef Section, llvm::ArrayRef<std::string> Elements) const;
  void layAnew(llvm::StringRef Section, std::vector<std::string> Elements);
  void lay(llvm::StringRef Section, std::vector<std::string> Elements, bool Again);
  void moveConstant(const VariableFacts &V, size_t Unit);
  void followMovedConstants();
  void forgetOldHomes();
  void removedVariables();
  void vtable(const VariableFacts &V, size_t Unit);
  void mustNotBeAlive(const std::string &Class, llvm::StringRef Symbol, const std::string &What);
  void vtablesLeftBehind();
  void changedSignatures();
  void takeOverFromLibraries();
  void function(const FunctionFacts &F, size_t Unit);
  void layoutChanges();
  void holders(LayoutChange &Change);
  void hazards();
  void hidingPlaces();
  void removedFunctions();
  void aliases();
  void initialisers();
  void initialiser(const InitialiserFacts &I, uint64_t Hash);
  void lostInitialisers();
  void reset(const VariableFacts &V, size_t Unit, llvm::StringRef Initialiser);
  void resetOrKeep(const VariableFacts &V, size_t Unit, llvm::StringRef Initialiser);
  std::string guardOf(const VariableFacts &V) const;
  void resetLocal(const VariableFacts &V, size_t Unit, const std::string &Guard);
  void finalisers();
  void references();
  void referencesOf(llvm::StringRef Name, llvm::ArrayRef<SymbolIndex> References, size_t Unit,
                    unsigned Line);
  void notes();

  UnitWork &work(size_t Unit);
  bool refersToMoved(llvm::ArrayRef<SymbolIndex> Refs, size_t Unit) const;

  const LiveProgram &Live;
  LiveProgram Next;
  llvm::ArrayRef<PlanUnit> Units;
  unsigned Order = 0; ///< Of the initialiser that is looked at.
  llvm::function_ref<bool(llvm::StringRef)> IsExternal;
  Resolution New;
  ReloadPlan Plan;
  llvm::StringSet<> NewHomes; ///< Variables that get their home in this reload.
  llvm::StringSet<> Relinked; ///< Variables of another linkage, initialised as before.
  llvm::StringSet<> Moved;    ///< Constants and functions that are found elsewhere now.
  /// The elements of each section whose bounds a linker defines, in the order of the link.
  std::map<std::string, std::vector<std::string>> InSections;
  llvm::StringSet<> LaidAnew;        ///< Sections that were looked at for that.
  llvm::StringSet<> Relaid;          ///< Their elements that are found elsewhere now.
  llvm::StringSet<> TakenOver;       ///< New functions that have the name of a library's.
  llvm::StringSet<> Assembled;       ///< What assembly at the top level defines.
  llvm::StringSet<> Missing;         ///< Names already reported.
  std::vector<std::string> Returned; ///< Variables that were removed and are back.
  bool Vanished = false;             ///< Something that was live is defined no more.
  llvm::StringMap<bool> Known;       ///< Answers of IsExternal.
};

} // namespace nextframe

#endif // NEXTFRAME_PLAN_PLANNER_H

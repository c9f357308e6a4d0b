//===- RecordChanges.cpp - Types whose layout an edit changed -------------===//

#include "plan/RecordChanges.h"
#include "ir/Names.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace nextframe;

static const FieldFacts *findField(const RecordFacts &R, StringRef Name) {
  auto It = find_if(R.Fields, [&](const FieldFacts &F) { return F.Name == Name; });
  return It == R.Fields.end() ? nullptr : &*It;
}

std::string nextframe::describeChange(const RecordFacts &Old, const RecordFacts &New) {
  std::vector<std::string> Parts;
  if (Old.Size != New.Size)
    Parts.push_back("size " + std::to_string(Old.Size) + " → " + std::to_string(New.Size));
  if (Old.Align != New.Align)
    Parts.push_back("alignment " + std::to_string(Old.Align) + " → " + std::to_string(New.Align));
  bool Reordered = false;
  for (const FieldFacts &F : New.Fields) {
    const FieldFacts *Was = findField(Old, F.Name);
    if (!Was)
      Parts.push_back("field '" + F.Name + "' added");
    else if (Was->Meaning != F.Meaning)
      // The same spelling (an alias) may mean another type by now.
      Parts.push_back("field '" + F.Name + "' was " +
                      (Was->Type == F.Type ? Was->Meaning : Was->Type) + ", is " +
                      (Was->Type == F.Type ? F.Meaning : F.Type));
    else
      Reordered |= Was->OffsetBits != F.OffsetBits;
  }
  for (const FieldFacts &F : Old.Fields)
    if (!findField(New, F.Name))
      Parts.push_back("field '" + F.Name + "' removed");
  if (Reordered && Parts.empty())
    Parts.push_back("fields moved");
  if (Old.Virtuals != New.Virtuals)
    Parts.push_back("its virtual functions changed");
  if (Old.Bases != New.Bases)
    Parts.push_back("its base classes changed");
  return join(Parts, "; ");
}

/// A type by its name, or one of a file's own by name and file.
static std::string keyOf(const RecordFacts &R) { return R.Local ? R.Name + '\n' + R.File : R.Name; }

namespace {

/// Compares each type of the new program with the live ones that it may be.
class RecordComparison {
public:
  RecordComparison(const StringMap<RecordFacts> &Live, function_ref<bool(StringRef)> IsLibrarys,
                   StringMap<RecordFacts> &Next, std::vector<std::string> &Refusals)
      : Live(Live), IsLibrarys(IsLibrarys), Next(Next), Refusals(Refusals) {}

  void run(ArrayRef<PlanUnit> Units) {
    for (const PlanUnit &U : Units)
      for (const RecordFacts &R : U.Facts->Records) {
        New.try_emplace(keyOf(R), &R);
        Sharing[keyOf(R)].insert_range(R.SharedWith);
      }
    for (const PlanUnit &U : Units)
      for (const RecordFacts &R : U.Facts->Records)
        if (std::string Key = keyOf(R); New.lookup(Key) == &R)
          compare(Key, R);
  }

private:
  void compare(StringRef Key, const RecordFacts &R) {
    if (auto Old = Live.find(Key); Old != Live.end())
      against(Old->second, R);
    else if (R.Local)
      // Perhaps one that has moved here from another file.
      for (const auto &Old : Live)
        if (Old.second.Name == R.Name && !New.contains(Old.first()))
          against(Old.second, R);
    std::vector<std::string> Users = sharing(R);
    Next[Key] = R;
    Next[Key].SharedWith = std::move(Users);
  }

  /// What is known to share the type: by any unit, now or before.
  std::vector<std::string> sharing(const RecordFacts &R) const {
    std::string Key = keyOf(R);
    StringSet<> All;
    if (auto Now = Sharing.find(Key); Now != Sharing.end())
      for (const auto &User : Now->second)
        All.insert(User.first());
    if (auto Before = Live.find(Key); Before != Live.end())
      All.insert_range(Before->second.SharedWith);
    std::vector<std::string> Result;
    for (const auto &User : All)
      Result.push_back(User.first().str());
    sort(Result);
    return Result;
  }

  void against(const RecordFacts &Old, const RecordFacts &R) {
    if (Old.layoutHash() == R.layoutHash())
      return;
    std::vector<std::string> Users = sharing(R);
    auto Library = find_if(Users, IsLibrarys);
    Refusals.push_back(Library == Users.end()
                           ? message(diag::refuse_layout, R.Name, describeChange(Old, R))
                           : message(diag::refuse_shared_layout, R.Name, describeChange(Old, R),
                                     displayName(*Library)));
  }

  const StringMap<RecordFacts> &Live;
  function_ref<bool(StringRef)> IsLibrarys;
  StringMap<RecordFacts> &Next;
  std::vector<std::string> &Refusals;
  StringMap<const RecordFacts *> New;
  StringMap<StringSet<>> Sharing;
};

} // namespace

void nextframe::compareRecords(const StringMap<RecordFacts> &Live, ArrayRef<PlanUnit> Units,
                               function_ref<bool(StringRef)> IsLibrarys,
                               StringMap<RecordFacts> &Next, std::vector<std::string> &Refusals) {
  RecordComparison(Live, IsLibrarys, Next, Refusals).run(Units);
}

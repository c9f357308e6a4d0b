//===- RecordChanges.cpp - Types whose layout an edit changed -------------===//

#include "plan/RecordChanges.h"
#include "support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

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

namespace {

/// Compares each type of the new program with the live ones that it may be.
class RecordComparison {
public:
  RecordComparison(const StringMap<RecordFacts> &Live, StringMap<RecordFacts> &Next)
      : Live(Live), Next(Next) {}

  std::vector<LayoutChange> run(ArrayRef<PlanUnit> Units) {
    for (const PlanUnit &U : Units)
      for (const RecordFacts &R : U.Facts->Records)
        New.try_emplace(R.key(), &R);
    for (const PlanUnit &U : Units)
      for (const RecordFacts &R : U.Facts->Records)
        if (std::string Key = R.key(); New.lookup(Key) == &R)
          compare(Key, R);
    return std::move(Changes);
  }

private:
  void compare(const std::string &Key, const RecordFacts &R) {
    if (auto Old = Live.find(Key); Old != Live.end())
      against(Old->second, R);
    else if (R.Local)
      // Perhaps one that has moved here from another file.
      for (const auto &Old : Live)
        if (Old.second.Name == R.Name && !New.contains(Old.first()))
          against(Old.second, R);
    Next[Key] = R;
  }

  void against(const RecordFacts &Old, const RecordFacts &R) {
    if (Old.layoutHash() == R.layoutHash())
      return;
    RecordFacts WithOldVirtuals = R;
    WithOldVirtuals.Virtuals = Old.Virtuals;
    LayoutChange Change;
    Change.Type = Old.key();
    Change.What = describeChange(Old, R);
    Change.OldSize = Old.Size;
    Change.Virtuals = Old.Virtuals != R.Virtuals;
    Change.OnlyVirtuals = Old.layoutHash() == WithOldVirtuals.layoutHash();
    Changes.push_back(std::move(Change));
  }

  const StringMap<RecordFacts> &Live;
  StringMap<RecordFacts> &Next;
  StringMap<const RecordFacts *> New;
  std::vector<LayoutChange> Changes;
};

} // namespace

std::vector<LayoutChange> nextframe::compareRecords(const StringMap<RecordFacts> &Live,
                                                    ArrayRef<PlanUnit> Units,
                                                    StringMap<RecordFacts> &Next) {
  return RecordComparison(Live, Next).run(Units);
}

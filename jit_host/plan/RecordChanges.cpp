//===- RecordChanges.cpp - Types whose layout an edit changed -------------===//

#include "plan/RecordChanges.h"
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
    else if (Was->Type != F.Type)
      Parts.push_back("field '" + F.Name + "' was " + Was->Type + ", is " + F.Type);
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

void nextframe::compareRecords(const StringMap<RecordFacts> &Live, ArrayRef<PlanUnit> Units,
                               StringMap<RecordFacts> &Next, std::vector<std::string> &Refusals) {
  StringSet<> Seen;
  for (const PlanUnit &U : Units)
    for (const RecordFacts &R : U.Facts->Records) {
      std::string Key = R.Name + '\n' + R.File;
      if (!Seen.insert(Key).second)
        continue;
      auto Old = Live.find(Key);
      Next[Key] = R;
      if (Old != Live.end() && Old->second.layoutHash() != R.layoutHash())
        Refusals.push_back(message(diag::refuse_layout, R.Name, describeChange(Old->second, R)));
    }
}

//===- RecordChanges.h - Types whose layout an edit changed ---------------===//

#ifndef NEXTFRAME_PLAN_RECORDCHANGES_H
#define NEXTFRAME_PLAN_RECORDCHANGES_H

#include "plan/Plan.h"

namespace nextframe {

/// Compares the types of \p Units with \p Live. Returns those whose layout changed,
/// saying what is different, and leaves in \p Next the layouts that are in force
/// afterwards.
std::vector<LayoutChange> compareRecords(const llvm::StringMap<RecordFacts> &Live,
                                         llvm::ArrayRef<PlanUnit> Units,
                                         llvm::StringMap<RecordFacts> &Next);

/// Returns in words how \p New differs from \p Old ("size 8 → 12; field 'hp'
/// added").
std::string describeChange(const RecordFacts &Old, const RecordFacts &New);

} // namespace nextframe

#endif // NEXTFRAME_PLAN_RECORDCHANGES_H

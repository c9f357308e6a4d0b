//===- PlanBodies.h - The plan of an edit of bodies -----------------------===//
//
// Most reloads replace a function or two. What they do to a program can be told from
// what differs alone, however large the program is. Where that doesn't suffice, there
// is no such plan, and planReload() looks at everything.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_PLAN_PLANBODIES_H
#define NEXTFRAME_PLAN_PLANBODIES_H

#include "ir/UnitChanges.h"
#include "plan/Plan.h"

#include <optional>

namespace nextframe {

/// Plans the reload that makes \p Changes of unit \p Unit live. \p Hidden are the unit's
/// facts whose hidden objects are to be known from then on. Returns nothing where it takes
/// more than redirecting functions and adding functions and literals. PlanResult::Next has
/// what differs from \p Live, and nothing else: see adoptBodies(). \p IsExternal as for
/// planReload().
std::optional<PlanResult> planBodies(const LiveProgram &Live, UnitId Unit,
                                     const UnitChanges &Changes, const UnitFacts &Hidden,
                                     llvm::function_ref<bool(llvm::StringRef)> IsExternal);

/// Puts what planBodies() says of the program into \p Live.
void adoptBodies(LiveProgram &Live, LiveProgram Next);

} // namespace nextframe

#endif // NEXTFRAME_PLAN_PLANBODIES_H

//===- LivePart.h - Code of bodies in a kept syntax tree ------------------===//
//
// Inside the room only.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_LIVEPART_H
#define NEXTFRAME_COMPILE_LIVEPART_H

#include "compile/LiveAst.h"

namespace nextframe {

/// Parses \p Bodies into \p Live and returns the part of the unit that they are, with what
/// they need and \p Base doesn't have; null, and why in \p Why, where there are errors or
/// doubts.
std::unique_ptr<CompiledUnit> compileLivePart(const CompileJob &Job, LiveAst &Live,
                                              const CompiledUnit &Base,
                                              std::vector<LiveAst::Body> &Bodies,
                                              const SiblingFamilies &Known, std::string &Why);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_LIVEPART_H

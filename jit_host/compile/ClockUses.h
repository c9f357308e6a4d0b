//===- ClockUses.h - Whether a source asks what time it is ----------------===//

#ifndef NEXTFRAME_COMPILE_CLOCKUSES_H
#define NEXTFRAME_COMPILE_CLOCKUSES_H

#include <memory>

namespace clang {
class PPCallbacks;
} // namespace clang

namespace nextframe {

/// Returns callbacks that set \p ReadsClock, which outlives the preprocessor, where __DATE__,
/// __TIME__ or __TIMESTAMP__ becomes part of the program: another compile of the same text
/// comes to something else.
std::unique_ptr<clang::PPCallbacks> noteClock(bool &ReadsClock);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_CLOCKUSES_H

//===- PlainValues.h - Types whose objects are no more than their values --===//
//
// A variable may be given a new initial value in place of its old one if the old one
// was a value and nothing else: numbers, text, containers of values, the program's
// own classes that are made of such. A thread, a file, a class with a destructor of
// its own stand for something outside of the program's memory; a second one beside
// the first is not what a fresh start would make.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_PLAINVALUES_H
#define NEXTFRAME_COMPILE_PLAINVALUES_H

#include "support/ValueShape.h"

#include "clang/AST/ASTContext.h"

namespace nextframe {

/// Returns whether objects of \p Type, which is complete, are plain values, and which
/// part of it is none.
ValuePart notPlainPart(clang::QualType Type, const clang::ASTContext &Ctx,
                       const clang::PrintingPolicy &Policy);

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_PLAINVALUES_H

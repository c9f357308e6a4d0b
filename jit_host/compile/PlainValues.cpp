//===- PlainValues.cpp - Types whose objects are no more than their values //

#include "compile/PlainValues.h"

#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;
using namespace nextframe;

namespace {

class PlainValues {
public:
  PlainValues(const ASTContext &Ctx, const PrintingPolicy &Policy) : Ctx(Ctx), Policy(Policy) {}

  /// Returns what of \p Type is no plain value.
  ValuePart of(QualType Type);

private:
  ValuePart ofRecord(QualType Type, const CXXRecordDecl &R);
  ValuePart ofLibrary(QualType Type, const CXXRecordDecl &R);
  ValuePart ofOwned(QualType Type);
  ValuePart no(QualType Type, WhyNotPlain Why) const { return {Why, Type.getAsString(Policy)}; }

  const ASTContext &Ctx;
  const PrintingPolicy &Policy;
  llvm::SmallPtrSet<const CXXRecordDecl *, 8> Seen; ///< A tree's node holds nodes.
};

} // namespace

/// What a smart pointer owns: an object of this very type, or others of its bases'.
ValuePart PlainValues::ofOwned(QualType Type) {
  const auto *R = Type->getAsCXXRecordDecl();
  if (R && R->hasDefinition() && R->isPolymorphic() && !R->isEffectivelyFinal())
    return no(Type, WhyNotPlain::Opaque);
  return of(Type);
}

/// libstdc++'s templates that hold values, by name: in their arguments, which say of
/// what, functions and allocators are objects like others.
ValuePart PlainValues::ofLibrary(QualType Type, const CXXRecordDecl &R) {
  enum Kind { Unknown, Holds, Owns };
  const auto *Template = dyn_cast<ClassTemplateSpecializationDecl>(&R);
  if (!Template || !R.getIdentifier())
    return no(Type, WhyNotPlain::Opaque);
  Kind What = llvm::StringSwitch<Kind>(R.getName())
                  .Cases({"basic_string", "vector", "array", "pair", "tuple", "optional"}, Holds)
                  .Cases({"map", "multimap", "set", "multiset", "variant", "deque"}, Holds)
                  .Cases({"unordered_map", "unordered_multimap", "unordered_set"}, Holds)
                  .Cases({"unordered_multiset", "list", "forward_list", "stack"}, Holds)
                  .Cases({"queue", "priority_queue", "complex", "valarray"}, Holds)
                  .Cases({"unique_ptr", "shared_ptr", "weak_ptr"}, Owns)
                  // Of the objects that the others are given: with neither is anything kept.
                  .Cases({"char_traits", "default_delete", "allocator", "less", "greater"}, Holds)
                  .Cases({"hash", "equal_to", "atomic"}, Holds)
                  .Default(Unknown);
  if (What == Unknown)
    return no(Type, WhyNotPlain::Opaque);
  bool IsFirst = true;
  for (const TemplateArgument &A : Template->getTemplateArgs().asArray()) {
    llvm::SmallVector<TemplateArgument, 4> Args;
    if (A.getKind() == TemplateArgument::Pack)
      Args.append(A.pack_begin(), A.pack_end());
    else
      Args.push_back(A);
    for (const TemplateArgument &Arg : Args) {
      if (Arg.getKind() != TemplateArgument::Type)
        continue;
      ValuePart Part = What == Owns && IsFirst ? ofOwned(Arg.getAsType()) : of(Arg.getAsType());
      if (!Part.isPlain())
        return Part;
      IsFirst = false;
    }
  }
  return {};
}

ValuePart PlainValues::ofRecord(QualType Type, const CXXRecordDecl &R) {
  if (R.isInStdNamespace())
    return ofLibrary(Type, R);
  // (What a destructor that nobody wrote does is what those of the parts do.)
  const CXXDestructorDecl *Destructor = R.getDestructor();
  if (Destructor && Destructor->isUserProvided())
    return no(Type, WhyNotPlain::Destructor);
  if (R.isUnion())
    return no(Type, WhyNotPlain::Opaque);
  for (const CXXBaseSpecifier &B : R.bases())
    if (ValuePart Part = of(B.getType()); !Part.isPlain())
      return Part;
  for (const FieldDecl *F : R.fields())
    if (ValuePart Part = of(F->getType()); !Part.isPlain())
      return Part;
  return {};
}

ValuePart PlainValues::of(QualType Type) {
  Type = Ctx.getBaseElementType(Type.getCanonicalType()).getUnqualifiedType();
  if (Type->isReferenceType() || Type->isDependentType() || Type->isIncompleteType() ||
      Type->isFunctionType())
    return no(Type, WhyNotPlain::Opaque);
  if (Type.isTriviallyCopyableType(Ctx))
    return {};
  const auto *R = Type->getAsCXXRecordDecl();
  if (!R)
    return Type->isScalarType() || Type->isAtomicType() ? ValuePart()
                                                        : no(Type, WhyNotPlain::Opaque);
  R = R->getDefinition();
  if (!R || R->isInvalidDecl())
    return no(Type, WhyNotPlain::Opaque);
  return Seen.insert(R).second ? ofRecord(Type, *R) : ValuePart();
}

ValuePart nextframe::notPlainPart(QualType Type, const ASTContext &Ctx,
                                  const PrintingPolicy &Policy) {
  return PlainValues(Ctx, Policy).of(Type);
}

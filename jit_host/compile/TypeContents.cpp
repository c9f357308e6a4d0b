//===- TypeContents.cpp - Which of the program's types a type is made of --===//

#include "compile/TypeContents.h"

#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace clang;
using namespace nextframe;

std::string nextframe::pathOf(FileEntryRef File, const SourceManager &SM) {
  if (StringRef Known = File.getFileEntry().tryGetRealPathName(); !Known.empty())
    return Known.str();
  llvm::SmallString<256> Path(File.getName());
  SM.getFileManager().makeAbsolutePath(Path);
  llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return Path.str().str();
}

bool nextframe::isOfTheSystem(const Decl &D, const SourceManager &SM) {
  if (!SM.isInSystemHeader(D.getLocation()))
    return false;
  auto File = SM.getFileEntryRefForID(SM.getFileID(SM.getExpansionLoc(D.getLocation())));
  return !File || StringRef(pathOf(*File, SM)).starts_with("/usr/");
}

TypeContents::TypeContents(ASTContext &Ctx) : Ctx(Ctx), Policy(Ctx.getPrintingPolicy()) {
  Policy.FullyQualifiedName = true;
  Policy.SuppressTagKeyword = true;
}

bool TypeContents::isOwn(const RecordDecl &R) {
  auto [It, New] = Own.try_emplace(&R, false);
  if (New)
    It->second = !R.isLambda() && !R.isDependentType() && !R.isImplicit() &&
                 !isOfTheSystem(R, Ctx.getSourceManager());
  return It->second;
}

std::string TypeContents::nameOf(const RecordDecl &R) const {
  return QualType(Ctx.getCanonicalTagType(&R)).getAsString(Policy);
}

std::string TypeContents::keyOf(const RecordDecl &R) const {
  std::string Name = nameOf(R);
  if (Ctx.getLangOpts().CPlusPlus && R.hasExternalFormalLinkage())
    return Name;
  const SourceManager &SM = Ctx.getSourceManager();
  auto File = SM.getFileEntryRefForID(SM.getFileID(SM.getExpansionLoc(R.getLocation())));
  return Name + '\n' + (File ? pathOf(*File, SM) : "");
}

/// Returns the type of the object that libstdc++'s \p R keeps in a buffer of
/// characters, or null.
static QualType bufferedType(const RecordDecl &R) {
  const auto *Template = dyn_cast<ClassTemplateSpecializationDecl>(&R);
  if (!Template || !Template->getIdentifier())
    return QualType();
  StringRef Name = Template->getName();
  if (Name != "__aligned_membuf" && Name != "__aligned_buffer")
    return QualType();
  const TemplateArgument &Arg = Template->getTemplateArgs()[0];
  return Arg.getKind() == TemplateArgument::Type ? Arg.getAsType() : QualType();
}

void TypeContents::add(Counts &Into, QualType Type) {
  for (auto &[Key, Count] : of(Type))
    Into[Key] += Count;
}

const TypeContents::Counts &TypeContents::ofRecord(const RecordDecl &R) {
  if (auto It = Records.find(&R); It != Records.end())
    return *It->second;
  auto Result = std::make_unique<Counts>();
  if (isOwn(R))
    (*Result)[keyOf(R)] = 1;
  if (QualType Buffered = bufferedType(R); !Buffered.isNull())
    add(*Result, Buffered);
  if (const auto *C = dyn_cast<CXXRecordDecl>(&R)) {
    // A virtual base is there once, however many ways lead to it.
    for (const CXXBaseSpecifier &B : C->bases())
      if (!B.isVirtual())
        add(*Result, B.getType());
    for (const CXXBaseSpecifier &B : C->vbases())
      add(*Result, B.getType());
  }
  for (const FieldDecl *F : R.fields())
    add(*Result, F->getType());
  return *(Records[&R] = std::move(Result));
}

const TypeContents::Counts &TypeContents::of(QualType Type) {
  if (Type.isNull())
    return Nothing; // As of the message of a static_assert.
  uint64_t Elements = 1;
  Type = Type.getCanonicalType();
  while (const auto *Array = Ctx.getAsArrayType(Type)) {
    const auto *Sized = dyn_cast<ConstantArrayType>(Array);
    Elements *= Sized ? Sized->getZExtSize() : 1;
    Type = Array->getElementType().getCanonicalType();
  }
  if (const auto *Atomic = Type->getAs<AtomicType>())
    Type = Atomic->getValueType().getCanonicalType();
  const RecordDecl *R = Type->getAsRecordDecl();
  R = R ? R->getDefinition() : nullptr;
  if (!R || R->isInvalidDecl() || R->isDependentType())
    return Nothing;
  const Counts &One = ofRecord(*R);
  if (Elements == 1 || One.empty())
    return One;
  auto [It, New] = Arrays.try_emplace({R, Elements});
  if (New)
    for (auto &[Key, Count] : One)
      It->second[Key] = Count * Elements;
  return It->second;
}

//===- TypeContents.h - Which of the program's types a type is made of ----===//
//
// An edit of a struct concerns every object of it, also those that are fields,
// bases, elements, or captured by a closure; in libstdc++'s containers too, whose
// nodes are plain structs. Two of libstdc++'s templates keep their object in a
// buffer of characters, and are known here by name.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_COMPILE_TYPECONTENTS_H
#define NEXTFRAME_COMPILE_TYPECONTENTS_H

#include "clang/AST/ASTContext.h"
#include "clang/Basic/FileEntry.h"
#include "llvm/ADT/DenseMap.h"

#include <map>
#include <string>

namespace nextframe {

/// Returns the absolute path of \p File without dots. (Asked for it, clang doesn't know it of
/// a file that it has only heard of from a preamble.)
std::string pathOf(clang::FileEntryRef File, const clang::SourceManager &SM);

/// Says whether \p D stands in a header of the system. Those don't change under a
/// running program; those of a library that the flags only call one (-isystem) may.
bool isOfTheSystem(const clang::Decl &D, const clang::SourceManager &SM);

/// Answers for the types of one translation unit. Not thread-safe: use one a unit.
class TypeContents {
public:
  /// How many objects of each of the program's types there are, by
  /// RecordFacts::key().
  using Counts = std::map<std::string, uint64_t>;

  explicit TypeContents(clang::ASTContext &Ctx);

  /// Returns what one object of \p Type is, or holds, by value. Nothing for
  /// pointers and references, and for types that are not complete.
  const Counts &of(clang::QualType Type);

  /// Returns whether \p R is one of the program's own types: a complete class,
  /// struct or union outside of the system's headers that has a name or a place in
  /// one that does. Closures are not.
  bool isOwn(const clang::RecordDecl &R);

  /// Returns the key of \p R, one of the program's own types.
  std::string keyOf(const clang::RecordDecl &R) const;

  /// Returns the name that \p R is known by: qualified, without `struct`.
  std::string nameOf(const clang::RecordDecl &R) const;

  const clang::PrintingPolicy &policy() const { return Policy; }

private:
  const Counts &ofRecord(const clang::RecordDecl &R);
  void add(Counts &Into, clang::QualType Type);

  clang::ASTContext &Ctx;
  clang::PrintingPolicy Policy;
  llvm::DenseMap<const clang::RecordDecl *, std::unique_ptr<Counts>> Records;
  llvm::DenseMap<const clang::RecordDecl *, bool> Own;
  std::map<std::pair<const clang::RecordDecl *, uint64_t>, Counts> Arrays;
  const Counts Nothing;
};

} // namespace nextframe

#endif // NEXTFRAME_COMPILE_TYPECONTENTS_H

//===- SliceObjects.h - Object files of the slices of a link --------------===//

#ifndef NEXTFRAME_LINK_SLICEOBJECTS_H
#define NEXTFRAME_LINK_SLICEOBJECTS_H

#include "link/CodeGenerator.h"
#include "link/LinkRequest.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <optional>
#include <vector>

namespace nextframe {

class ObjectCache;
class TraceFile;

/// The object files that one link puts into memory.
struct SliceObjects {
  using Object = std::unique_ptr<llvm::MemoryBuffer>;
  /// One a slice that has functions, in the order of the slices.
  std::vector<Object> Code;
  std::vector<Object> Data; ///< The new entries are the last.
  std::vector<Object> InitialContents;
  std::vector<Object> Assembly;
  size_t Generated = 0; ///< How many of them were, and not found.
};

/// Has the code of \p M call the functions of \p Entries directly: they lie near it.
void useNearEntries(llvm::Module &M, const llvm::StringSet<> &Entries);

/// Returns the entries that code which \p Request brings lies near to.
llvm::StringSet<> nearEntries(const LinkRequest &Request);

/// Generates code and data of all slices of \p Request, on so many \p Threads.
/// \p Files says which variables an object has already: there is one of such a variable
/// then, the object's. \p Generator is what the calling thread generates with; it is made
/// at the first need and kept there, since a small reload takes little longer than that.
/// What \p Cache has is taken from there, where it isn't null.
llvm::Expected<SliceObjects> generateObjects(const LinkRequest &Request, const Prebuilt &Files,
                                             unsigned Threads, const TraceFile &Trace,
                                             std::optional<CodeGenerator> &Generator,
                                             ObjectCache *Cache = nullptr);

} // namespace nextframe

#endif // NEXTFRAME_LINK_SLICEOBJECTS_H

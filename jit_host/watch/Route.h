//===- Route.h - the names that decide what a path means ------------------===//
//
// A path changes its meaning without its own folder noticing when a link on
// the way is pointed elsewhere, or when a folder on the way appears. This
// finds the (folder, name) pairs to listen to.
//
//===----------------------------------------------------------------------===//

#ifndef NEXTFRAME_WATCH_ROUTE_H
#define NEXTFRAME_WATCH_ROUTE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace nextframe {

/// One name on the way to a path.
struct Hop {
  std::string Folder; ///< An existing folder, absolute and free of links.
  std::string Name;   ///< A name in it; there may be nothing of this name yet.

  bool operator==(const Hop &) const = default;
};

/// The hops of the absolute path \p Path: each symbolic link that is passed,
/// and the last name. Where something on the way is missing, the route ends at
/// the missing name in the nearest folder that exists. A loop of links ends
/// the route too. Plain folders on the way are not hops, so the renaming of one
/// is noticed only by whoever watches it. Thread-safe.
llvm::SmallVector<Hop, 2> routeOf(llvm::StringRef Path);

} // namespace nextframe

#endif // NEXTFRAME_WATCH_ROUTE_H

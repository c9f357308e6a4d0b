//===- SourceDiagnostic.h - A message that points into the source ---------===//

#ifndef NEXTFRAME_SUPPORT_SOURCEDIAGNOSTIC_H
#define NEXTFRAME_SUPPORT_SOURCEDIAGNOSTIC_H

#include <string>

namespace nextframe {

/// One entry of an event's "diagnostics".
struct SourceDiagnostic {
  std::string Severity; ///< "error", "warning" or "note".
  std::string File;     ///< Absolute; empty where the message has no place.
  unsigned Line = 0;    ///< From 1; 0 where the message has no place.
  unsigned Column = 0;  ///< From 1, in bytes.
  std::string Message;
};

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_SOURCEDIAGNOSTIC_H

//===- FileStamp.cpp - what a regular file looked like --------------------===//

#include "watch/FileStamp.h"

#include "llvm/Support/FileSystem.h"

using namespace llvm;

namespace nextframe {

std::optional<FileStamp> readStamp(StringRef Path) {
  sys::fs::file_status Status;
  if (sys::fs::status(Path, Status) || Status.type() != sys::fs::file_type::regular_file)
    return std::nullopt;
  FileStamp Stamp;
  Stamp.MtimeNs = std::chrono::duration_cast<std::chrono::nanoseconds>(
                      Status.getLastModificationTime().time_since_epoch())
                      .count();
  Stamp.Size = Status.getSize();
  Stamp.Device = Status.getUniqueID().getDevice();
  Stamp.Inode = Status.getUniqueID().getFile();
  return Stamp;
}

} // namespace nextframe

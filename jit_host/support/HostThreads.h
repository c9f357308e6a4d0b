//===- HostThreads.h - The threads that the program knows nothing of ------===//

#ifndef NEXTFRAME_SUPPORT_HOSTTHREADS_H
#define NEXTFRAME_SUPPORT_HOSTTHREADS_H

#include <sys/types.h>

namespace nextframe {

/// Says that the calling thread is one of the host's own, which never runs the program's
/// code: it needn't be stopped or looked at. Once a thread; there are few.
void noteHostThread();

/// Returns whether \p Thread has said so. Any thread; takes no lock.
bool isHostThread(pid_t Thread);

} // namespace nextframe

#endif // NEXTFRAME_SUPPORT_HOSTTHREADS_H

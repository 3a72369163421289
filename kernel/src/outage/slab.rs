//! A slab: entries named by small integers, used again, without allocation once it has grown. It knows no simulation.

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// Entries named by `u32`.
#[derive(Debug, Clone)]
pub(super) struct Slab<T> {
    entries: Vec<T>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    pub(super) fn new() -> Slab<T> {
        Slab { entries: Vec::new(), free: Vec::new() }
    }

    /// Entries in use.
    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// Puts an entry in. The last name that was given back is used first: in a long queue names then follow each other
    /// in memory as their entries do in time.
    #[inline(always)]
    pub(super) fn add(&mut self, entry: T) -> u32 {
        match self.free.pop() {
            Some(name) => {
                self.entries[name as usize] = entry;
                name
            }
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1) as u32
            }
        }
    }

    /// Gives a name back.
    #[inline(always)]
    pub(super) fn remove(&mut self, name: u32) {
        self.free.push(name);
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;
    #[inline(always)]
    fn index(&self, name: u32) -> &T {
        &self.entries[name as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    #[inline(always)]
    fn index_mut(&mut self, name: u32) -> &mut T {
        &mut self.entries[name as usize]
    }
}

"""What a browser, or a test's patience, does to a worker's own globals: written before the worker's code."""

HASTY = """{
  const { setTimeout: timeout } = self;
  self.setTimeout = (call, ms = 0, ...rest) => timeout(call, ms < 5000 ? ms : ms / 15, ...rest);
}
"""
"""Its long timeouts, by which it gives somebody up, take a fifteenth of their time."""

CLOCK = """{
  const RealDate = Date;
  let shift = 0;
  self.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length ? given : [RealDate.now() + shift]));
    }
    static now() {
      return RealDate.now() + shift;
    }
  };
  new BroadcastChannel("clock").onmessage = ({ data }) => { shift = data; };
}
"""
"""Its wall clock is set by what is posted to the channel ``clock``, in ms beside the true one."""

FAILING_PUTS = """{
  const { put } = IDBObjectStore.prototype;
  let isFailing = false;
  IDBObjectStore.prototype.put = function (row) {
    if (JSON.parse(row.text).name === "disk.fails") isFailing = true;
    if (JSON.parse(row.text).name === "disk.recovers") isFailing = false;
    if (isFailing) this.transaction.abort();
    return put.call(this, row);
  };
}
"""
"""Its database works, then aborts each change from the event ``disk.fails`` to ``disk.recovers``."""

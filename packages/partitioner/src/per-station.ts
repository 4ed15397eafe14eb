/** Gives each station name a state of its own, made on first use; all requests without a name share one. */
export function perStation<State>(create: () => State): (station: string | undefined) => State {
  const states = new Map<string | undefined, State>();
  return (station) => {
    let state = states.get(station);
    if (state === undefined) {
      state = create();
      states.set(station, state);
    }
    return state;
  };
}

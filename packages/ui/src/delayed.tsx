import { useEffect, useState, type ReactNode } from 'react';

/** Shows its children only once `after` milliseconds have passed: what is quicker than that needs no waiting sign. */
export function Delayed({ after = 400, children }: { after?: number; children: ReactNode }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), after);
    return () => clearTimeout(timer);
  }, [after]);
  return due ? children : null;
}

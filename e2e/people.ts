/** Who walks through the journeys. */
export interface Account {
  name: string;
  email: string;
  password: string;
}

export const ACME = 'Acme Freight';

export const ALICE: Account = {
  name: 'Alice Weber',
  email: 'alice@acme.example',
  password: 'quiet harbour at noon',
};

export const BOB: Account = {
  name: 'Bob Okafor',
  email: 'bob@acme.example',
  password: 'seven crates of pears',
};

export const MINA: Account = {
  name: 'Mina Sato',
  email: 'mina@acme.example',
  password: 'a ladder to the roof',
};

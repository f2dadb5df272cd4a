import { type Named, nameOfUser } from './names';

/** In a list: the user's email, and the userId below it where there is no column for it. */
export function UserName(user: Named) {
  const { email, userId } = user;
  return (
    <>
      {nameOfUser(user)}
      <span className="under">{email !== null && userId}</span>
    </>
  );
}

/** Safari deletes what a site keeps that nobody visits for seven days, unless it was added to the Dock or Home Screen. */
export const isForgetful = (): boolean => isSafari(navigator) && !isInstalled();

/** Safari, and every browser on an iPhone or iPad: all of them are Safari inside. */
export const isSafari = ({ userAgent, vendor }: { userAgent: string; vendor: string }): boolean =>
  vendor.startsWith('Apple') && /Safari|iPhone|iPad/.test(userAgent);

const isInstalled = (): boolean =>
  matchMedia('(display-mode: standalone)').matches || ('standalone' in navigator && navigator.standalone === true);

// Browsers of telephones show notifications only in the name of a worker. This one does nothing else: whoever taps on one
// comes back to the desk.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(comeBack(event.notification.data));
});

async function comeBack(address) {
  const [open] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return open ? open.focus() : self.clients.openWindow(address);
}
